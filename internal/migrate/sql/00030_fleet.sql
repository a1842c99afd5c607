-- +goose Up

-- What each commit changed, packed, until a checkpoint has turned it into
-- fleet_state and fleet_change. seq is the number of its last change.
CREATE TABLE fleet_log (
    seq  BIGINT NOT NULL PRIMARY KEY,
    body BYTEA  NOT NULL
);

-- Instants of the whole server: 'alive' is when it last wrote a checkpoint.
CREATE TABLE fleet_meta (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- One row a device, as of its change seq.
CREATE TABLE fleet_state (
    device  TEXT   NOT NULL PRIMARY KEY,
    tenant  TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    packed  BYTEA  NOT NULL,
    tracks  BYTEA  NOT NULL
);

-- The history of a device's values: one row a change.
CREATE TABLE fleet_change (
    device   TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    tenant   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    received BIGINT NOT NULL,
    late     BIGINT NOT NULL,
    quiet    BIGINT NOT NULL, -- only what changes all day long: kept for a short time
    changes  TEXT   NOT NULL, -- {"key": [old, new]}, null = not known
    PRIMARY KEY (device, seq)
);

CREATE TABLE fleet_agent (
    agent   TEXT   NOT NULL PRIMARY KEY,
    tenant  TEXT   NOT NULL,
    seq     BIGINT NOT NULL, -- highest number of a report that was taken
    contact BIGINT NOT NULL,
    skew    BIGINT NOT NULL, -- server's clock minus the agent's, ms
    refused BIGINT NOT NULL
);

CREATE TABLE fleet_alert (
    id         TEXT   NOT NULL PRIMARY KEY,
    tenant     TEXT   NOT NULL,
    client     TEXT   NOT NULL,
    outlet     TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    device     TEXT   NOT NULL, -- '' = about the agent
    subject    TEXT   NOT NULL, -- the device, or 'agent:' and the agent
    fault      TEXT   NOT NULL,
    rule       TEXT   NOT NULL,
    grp        TEXT   NOT NULL,
    severity   BIGINT NOT NULL,
    opened_at  BIGINT NOT NULL,
    noticed_at BIGINT NOT NULL,
    closed_at  BIGINT NOT NULL, -- 0 = open
    why        TEXT   NOT NULL,
    late       BIGINT NOT NULL,
    flapping   BIGINT NOT NULL,
    announced  BIGINT NOT NULL,
    suppressed TEXT   NOT NULL, -- maintenance window
    incident   TEXT   NOT NULL,
    evidence   TEXT   NOT NULL,
    version    BIGINT NOT NULL
);

-- One open alert for a device and a fault, whatever the program thinks.
CREATE UNIQUE INDEX fleet_alert_open ON fleet_alert (subject, fault) WHERE closed_at = 0;
CREATE INDEX fleet_alert_newest ON fleet_alert (tenant, opened_at, id);
CREATE INDEX fleet_alert_subject ON fleet_alert (subject, opened_at, id);

CREATE TABLE fleet_incident (
    id        TEXT   NOT NULL PRIMARY KEY,
    tenant    TEXT   NOT NULL,
    kind      TEXT   NOT NULL, -- outlet, ofd, silence, server
    about     TEXT   NOT NULL, -- the outlet, the operator's host, or ''
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    outlets   BIGINT NOT NULL, -- at the worst moment
    devices   BIGINT NOT NULL,
    version   BIGINT NOT NULL
);

CREATE UNIQUE INDEX fleet_incident_open ON fleet_incident (tenant, kind, about) WHERE closed_at = 0;
CREATE INDEX fleet_incident_newest ON fleet_incident (tenant, opened_at, id);

CREATE TABLE fleet_limit (
    tenant TEXT   NOT NULL,
    name   TEXT   NOT NULL,
    value  BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE fleet_rule (
    tenant TEXT NOT NULL,
    id     TEXT NOT NULL,
    body   TEXT NOT NULL, -- JSON of the rule
    PRIMARY KEY (tenant, id)
);

CREATE TABLE fleet_window (
    id         TEXT   NOT NULL PRIMARY KEY,
    tenant     TEXT   NOT NULL,
    scope      TEXT   NOT NULL, -- all, client, outlet, device
    target     TEXT   NOT NULL,
    starts     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    zone       TEXT   NOT NULL,
    repeats    TEXT   NOT NULL, -- none, daily, weekly
    weekdays   BIGINT NOT NULL, -- bit 0 = Sunday
    until      BIGINT NOT NULL, -- 0 = for good
    reason     TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX fleet_window_tenant ON fleet_window (tenant, starts);
