"""The base of every error that a user can cause or mend."""


class IcdlensError(Exception):
    """Its text is one sentence a user understands and says what to do next.

    Surfaces catch this class at their boundary and show the text as it is.
    """
