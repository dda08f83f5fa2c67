-- Which cards of discreet chats a reader opened.

ALTER TABLE deliveries ADD COLUMN opened bigint NOT NULL DEFAULT 0;
