-- Whether a message was handed over a second time, so that no third copy goes out.

ALTER TABLE deliveries ADD COLUMN repeated bigint NOT NULL DEFAULT 0;
