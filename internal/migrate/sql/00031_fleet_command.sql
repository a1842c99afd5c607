-- +goose Up

CREATE TABLE fleet_command (
    id          TEXT   NOT NULL PRIMARY KEY,
    tenant      TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    device      TEXT   NOT NULL,
    agent       TEXT   NOT NULL,
    procedure   TEXT   NOT NULL, -- JSON
    risk        TEXT   NOT NULL,
    asked_by    TEXT   NOT NULL, -- JSON of the actor
    consent     TEXT   NOT NULL, -- JSON: who, how, when; '' = none needed
    reason      TEXT   NOT NULL,
    case_id     TEXT   NOT NULL,
    session     TEXT   NOT NULL,
    asked_at    BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    sent_at     BIGINT NOT NULL,
    taken_at    BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    state       TEXT   NOT NULL, -- asked, sent, taken, done, failed, unknown, expired, cancelled
    exchanges   TEXT   NOT NULL, -- JSON
    result_code TEXT   NOT NULL
);
CREATE INDEX fleet_command_device ON fleet_command (device, asked_at, id);
CREATE INDEX fleet_command_open ON fleet_command (agent, asked_at) WHERE ended_at = 0;
