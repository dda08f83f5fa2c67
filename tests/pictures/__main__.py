"""`python -m tests.pictures` draws the pictures of the documents anew."""

from tests.pictures.cards import PICTURES, draw_picture

if __name__ == "__main__":
    for path, sections in PICTURES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(draw_picture(sections), encoding="utf-8")
        print(f"drawn {path}")
