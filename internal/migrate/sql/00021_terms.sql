-- +goose Up
-- What a client's promises count by (document 003): under a contract, or one by one.
ALTER TABLE registry_client ADD COLUMN terms TEXT NOT NULL DEFAULT 'contract'; -- contract, one_off
