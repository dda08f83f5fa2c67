-- When the shift of a chat began, and how far its weekly trends have come.

CREATE TABLE shifts (
    destination_id bigint PRIMARY KEY REFERENCES destinations,
    at bigint NOT NULL
);

CREATE TABLE trend_marks (
    destination_id bigint PRIMARY KEY REFERENCES destinations,
    day text COLLATE "C",
    at bigint NOT NULL
);
