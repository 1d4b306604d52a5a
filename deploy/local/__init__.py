"""What ./run uses: environment, private broker and database, keys, supervisor, peers."""
