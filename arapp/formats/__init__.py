"""How dates, moments and numbers are written in each language; Django reads it by ``FORMAT_MODULE_PATH``."""
