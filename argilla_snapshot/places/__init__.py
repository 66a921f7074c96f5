"""Where a snapshot can lie besides in a folder: in one tar file, or in a store such as ``s3://``. Knows no server."""
