"""Parts of this family, one a file; found by walking, so nothing is listed here."""
