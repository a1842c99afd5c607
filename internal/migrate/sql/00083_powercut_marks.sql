-- +goose Up
-- What the register found about the marking codes of a correction.
ALTER TABLE powercut_draft ADD COLUMN marks TEXT NOT NULL DEFAULT '';  -- JSON, '' = nothing was checked
