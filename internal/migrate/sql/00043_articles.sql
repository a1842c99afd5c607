-- +goose Up
-- A company's articles: of its own, and in place of shipped ones. What holds
-- for a company is the shipped catalogue with these put over it.
CREATE TABLE faults_article (
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,       -- id of the article
  draft TEXT NOT NULL,       -- '' = none
  draft_kind TEXT NOT NULL,  -- who wrote it last
  draft_id TEXT NOT NULL,
  draft_name TEXT NOT NULL,
  draft_at BIGINT NOT NULL,
  revision TEXT NOT NULL,    -- of the text that is published; '' = none
  number BIGINT NOT NULL,    -- of the newest version
  base TEXT NOT NULL,        -- the shipped article that the editors know of
  off BIGINT NOT NULL,       -- 1: the company does not want it
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, fault)
);

-- What was published when and by whom. Nothing in it is changed later.
CREATE TABLE faults_article_version (
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,
  number BIGINT NOT NULL,
  what TEXT NOT NULL,        -- published, rolled_back, restored, switched_off, switched_on
  revision TEXT NOT NULL,    -- of the text that held from then on; '' = the shipped one, or none
  from_number BIGINT NOT NULL, -- of rolled_back
  note TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, fault, number)
);

-- Texts by what they say: those of versions, and those that guided fixes began
-- with, so that a fix goes on in the words it began in.
CREATE TABLE faults_article_text (
  tenant TEXT NOT NULL,
  fault TEXT NOT NULL,
  revision TEXT NOT NULL,
  lang TEXT NOT NULL,        -- stands for languages that are missing
  own BIGINT NOT NULL,       -- 1: written by the company
  text TEXT NOT NULL,
  PRIMARY KEY (tenant, fault, revision)
);

-- Grows with everything that changes what holds for a company.
CREATE TABLE faults_library (
  tenant TEXT PRIMARY KEY,
  revision BIGINT NOT NULL
);
