-- When a draft was used: its button, handled again after the process died, does not find it gone.
ALTER TABLE drafts ADD COLUMN used_at bigint;
ALTER TABLE feed_drafts ADD COLUMN used_at bigint;
