"""Of the vocabulary of resources."""

TEXTS = {
    "vocabulary_changed": "词库增补或停用了同义词",
}
