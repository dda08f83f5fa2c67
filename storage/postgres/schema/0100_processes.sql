-- Several processes on one database, which SQLite does not have: who lives, and what each of them has taken on.

-- A process that was declared dead is deleted here, and may not record anything after that.
CREATE TABLE processes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never given twice: it is what fences the dead off
    name text NOT NULL,
    seen timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE leases (
    name text PRIMARY KEY,
    process_id bigint NOT NULL REFERENCES processes ON DELETE CASCADE
);
CREATE INDEX leases_by_process ON leases (process_id);

-- What a dead process was sending is found by it.
ALTER TABLE deliveries ADD COLUMN claimed_by bigint;
CREATE INDEX deliveries_claimed ON deliveries (claimed_by) WHERE state = 'sending';
-- What was sent within the last minute is what the limits of platforms count.
CREATE INDEX deliveries_answered ON deliveries (answered_at);

-- All feeds of a host are on one shard, and one process at a time polls it.
CREATE FUNCTION shard_of(url text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (
    ('x' || left(md5(lower(substring(url FROM '^[a-z]+://(?:[^/?#]*@)?([^/:?#]*)'))), 8))::bit(32)::bigint % 64
);
ALTER TABLE feeds ADD COLUMN shard bigint NOT NULL GENERATED ALWAYS AS (coalesce(shard_of(url), 0)) STORED;
CREATE INDEX feeds_due_by_shard ON feeds (shard, next_due) WHERE enabled = 1;

-- Tells every process what it may want to look at. Sent with the commit, once for each transaction.
CREATE FUNCTION tell_processes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tocsin', TG_ARGV[0]);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_of_messages AFTER INSERT ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION tell_processes('outbox');
CREATE TRIGGER tell_of_updates AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION tell_processes('inbox');
CREATE TRIGGER tell_of_lists
    AFTER INSERT OR UPDATE ON chat_lists FOR EACH STATEMENT EXECUTE FUNCTION tell_processes('watchlists');
CREATE TRIGGER tell_of_versions
    AFTER INSERT ON watchlist_versions FOR EACH STATEMENT EXECUTE FUNCTION tell_processes('watchlists');
