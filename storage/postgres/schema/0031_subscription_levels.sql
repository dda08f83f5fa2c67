-- How much of a watched list a chat wants: everything, only what is loud, or all of it in the digest.

ALTER TABLE subscriptions ADD COLUMN level text COLLATE "C" NOT NULL DEFAULT 'all';
