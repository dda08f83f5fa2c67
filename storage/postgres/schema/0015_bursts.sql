-- Rolling messages of busy chats, and articles that are gone.

CREATE TABLE bursts (
    delivery_id bigint PRIMARY KEY REFERENCES deliveries ON DELETE CASCADE,
    began_at bigint NOT NULL,
    last_at bigint NOT NULL,
    closed bigint NOT NULL,
    alerts text NOT NULL
);
CREATE INDEX bursts_open ON bursts (delivery_id) WHERE closed = 0;
CREATE INDEX updates_by_time ON deliveries (destination_id, created_at) WHERE target_id IS NOT NULL;
ALTER TABLE deliveries ADD COLUMN due_at bigint;
ALTER TABLE items ADD COLUMN gone_at bigint;
