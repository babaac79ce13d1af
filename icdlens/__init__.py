"""icdlens: ICD-10-CM at the cursor. The command line, and the terminal's rendering."""

__version__ = "0.1.0"
