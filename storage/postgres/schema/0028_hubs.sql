-- Subscriptions at the hubs that feeds name.

ALTER TABLE feed_memories ADD COLUMN hub text COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE feed_memories ADD COLUMN topic text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE hubs (
    feed_id text COLLATE "C" PRIMARY KEY REFERENCES feeds,
    hub_url text COLLATE "C" NOT NULL,
    hub_topic text COLLATE "C" NOT NULL,
    hub_token text COLLATE "C" NOT NULL UNIQUE,
    hub_secret text COLLATE "C" NOT NULL,
    hub_next bigint NOT NULL,
    hub_tries bigint NOT NULL,
    hub_reason text COLLATE "C" NOT NULL,
    hub_state text COLLATE "C" NOT NULL,
    hub_until bigint,
    hub_pushed bigint,
    hub_missed bigint
);

CREATE INDEX feed_memories_hubs ON feed_memories (feed_id) WHERE hub <> '';
