"""Pictures of nothing, for what only looks at their form."""

from io import BytesIO

from PIL import Image


def picture(width: int, height: int) -> bytes:
    """A white PNG of this size in pixels."""
    file = BytesIO()
    Image.new("L", (width, height), 255).save(file, "PNG")
    return file.getvalue()
