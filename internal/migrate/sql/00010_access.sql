-- +goose Up
CREATE TABLE access_tenant (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  lang TEXT NOT NULL,
  zone TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE access_person (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES access_tenant (id),
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL, -- who signs in does not say for which tenant, so it is unique over the server
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  lang TEXT NOT NULL,
  theme TEXT NOT NULL,
  roles TEXT NOT NULL, -- separated by spaces
  client TEXT NOT NULL DEFAULT '', -- '' = the company's own people
  password_hash TEXT NOT NULL DEFAULT '', -- PHC string; '' = cannot sign in with a password
  disabled_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_person_email ON access_person (email_folded);
CREATE INDEX access_person_list ON access_person (tenant, name_folded, id);

CREATE TABLE access_session (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES access_person (id),
  tenant TEXT NOT NULL,
  token_hash BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  remote TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX access_session_token ON access_session (token_hash);
CREATE INDEX access_session_person ON access_session (tenant, person, id);
CREATE INDEX access_session_end ON access_session (expires_at);

CREATE TABLE access_token (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES access_person (id),
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  token_hash BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0, -- 0 = does not end by itself
  revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX access_token_hash ON access_token (token_hash);
CREATE INDEX access_token_person ON access_token (tenant, person, id);

-- Failed logins, by account and by address. The subject is a hash: who tried
-- which address is not to be read here. It belongs to no tenant, because a
-- login does not name one.
CREATE TABLE access_attempt (
  subject TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);
CREATE INDEX access_attempt_age ON access_attempt (last_at);
