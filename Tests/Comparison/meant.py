"""Differences that are meant, and what is replaced before anything is compared."""

# JSON fields by their British names, which are taken as equal to the American ones.
FIELDS = {"colour": "color", "authorisation": "authorization"}

# Codes and other fixed words that stand as values in JSON.
CODES = {"colour": "color", "colour-not-matched": "color-not-matched", "colour-ignored": "color-ignored"}

# Options of the command: a build is given those that its own help names.
OPTIONS = {"--match-color": "--match-colour", "--no-match-color": "--no-match-colour"}

# Options by their names without dashes, as errors name the nearest.
OPTION_NAMES = {british[2:]: american[2:] for american, british in OPTIONS.items()}

# Fields that only the new build may have, by their names; the old one must not miss any other.
ADDED_FIELDS: set[str] = {"advice", "id", "left", "unpriced"}

# Fields whose values are sentences for people: only their presence is compared.
WORDS = {"message", "hint", "remedy", "advice", "reason", "detail"}

# Values of steps that may hold such words beside numbers.
SPELLED = {"before", "after"}
SPELLINGS = {"colour": "color", "grey": "gray", "centre": "center", "Colour": "Color", "Grey": "Gray"}

# Fields that are never the same twice.
CHANGING = {"seconds", "at", "ended", "day", "remaining"}

# A warning is a code, unless it is a sentence about a manifest.
WARNINGS = "warnings"
