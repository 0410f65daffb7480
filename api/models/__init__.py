from .calls import ApiAnswer, ApiCall, KeyWindow

__all__ = ["ApiAnswer", "ApiCall", "KeyWindow"]
