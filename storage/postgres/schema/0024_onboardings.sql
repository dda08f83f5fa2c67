-- How far chats have come in the questions at their beginning.

CREATE TABLE onboardings (
    destination_id bigint PRIMARY KEY REFERENCES destinations,
    role text COLLATE "C" NOT NULL,
    lists text COLLATE "C" NOT NULL,
    asked_at bigint NOT NULL,
    reminded bigint NOT NULL
);
