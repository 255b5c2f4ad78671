"""The language both countries speak: pure Pydantic, one file per kind of document."""
