-- Bringing messages up to date that were sent, and messages that stand under a card.

ALTER TABLE deliveries ADD COLUMN target_id bigint REFERENCES deliveries ON DELETE CASCADE;
CREATE INDEX deliveries_by_target ON deliveries (target_id) WHERE target_id IS NOT NULL;
CREATE UNIQUE INDEX edits_ahead ON deliveries (target_id) WHERE state = 'ahead';
