"""What a person agreed to share with one agency, under the name by which it is still asked for."""

from api.rules.consent import agreed_with

__all__ = ["agreed_with"]
