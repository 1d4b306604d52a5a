"""The vocabulary: concepts and words, edits with their reasons, and what a text says."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/vocabulary", "resources.get_vocabulary"),
    Route("GET", "/v1/vocabulary/edits", "resources.list_vocabulary_edits"),
    Route("POST", "/v1/vocabulary/additions", "resources.add_synonym", status=201),
    Route("POST", "/v1/vocabulary/retirements", "resources.retire_synonym", status=201),
    Route("GET", "/v1/concepts", "resources.list_concepts"),
    Route("GET", "/v1/text-readings", "resources.tag_text"),
)
