-- +goose Up
-- How a company's public help page is reached and what it offers. A company
-- without a row has a page without a name and without a phone.
CREATE TABLE faults_help_page (
  tenant TEXT PRIMARY KEY,
  slug TEXT NOT NULL,      -- /help/<slug>; '' = none
  phone TEXT NOT NULL,     -- where a person answers; '' = not told
  hours TEXT NOT NULL,     -- when, in the company's own words
  closed BIGINT NOT NULL,  -- 1: there is no public page
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX faults_help_page_slug ON faults_help_page (slug) WHERE slug <> '';

-- What visitors did, for measuring whether an article spares a case. A visitor
-- is the hash of a random number in a cookie.
CREATE TABLE faults_help_trace (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  visitor TEXT NOT NULL,
  kind TEXT NOT NULL,      -- shown, opened, solved
  fault TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX faults_help_trace_at ON faults_help_trace (tenant, at);
CREATE INDEX faults_help_trace_visitor ON faults_help_trace (tenant, visitor, kind, at);

-- At which outlet a visitor is known to stand.
CREATE TABLE faults_help_visitor (
  tenant TEXT NOT NULL,
  visitor TEXT NOT NULL,
  outlet TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, visitor)
);

-- Whose guided walk a session is; its end stands in faults_session.
CREATE TABLE faults_help_walk (
  session TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  visitor TEXT NOT NULL,
  fault TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX faults_help_walk_at ON faults_help_walk (tenant, at);

-- Requests sent from the page. The key comes with the form: one form makes one
-- case, and who holds the key may read its number.
CREATE TABLE faults_help_request (
  tenant TEXT NOT NULL,
  once TEXT NOT NULL,
  visitor TEXT NOT NULL,
  case_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, once)
);
CREATE INDEX faults_help_request_at ON faults_help_request (tenant, at);

-- Whether an article helped: one word of each visitor, which may change it.
CREATE TABLE faults_rating (
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,
  visitor TEXT NOT NULL,
  helped BIGINT NOT NULL,
  words TEXT NOT NULL,     -- for the editors alone
  lang TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, fault, visitor)
);
CREATE INDEX faults_rating_words ON faults_rating (tenant, at) WHERE words <> '';

-- Readers' questions under an article.
CREATE TABLE faults_question (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,
  visitor TEXT NOT NULL,
  lang TEXT NOT NULL,
  name TEXT NOT NULL,      -- '' = did not say
  text TEXT NOT NULL,
  state TEXT NOT NULL,     -- waiting, published, hidden
  answer TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_name TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX faults_question_article ON faults_question (tenant, fault, state, id);
CREATE INDEX faults_question_state ON faults_question (tenant, state, id);
CREATE INDEX faults_question_waiting ON faults_question (tenant, visitor) WHERE state = 'waiting';

-- What was searched and not found, folded and without personal numbers.
CREATE TABLE faults_missed (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  text TEXT NOT NULL,
  lang TEXT NOT NULL,
  source TEXT NOT NULL,    -- where it was asked last: help, api, desk
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  state TEXT NOT NULL,     -- open, dismissed, linked
  fault TEXT NOT NULL,     -- of linked
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX faults_missed_text ON faults_missed (tenant, text, lang);
CREATE INDEX faults_missed_count ON faults_missed (tenant, state, count, id);
CREATE INDEX faults_missed_last ON faults_missed (tenant, state, last_at, id);
