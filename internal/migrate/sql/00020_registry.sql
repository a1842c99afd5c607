-- +goose Up
CREATE TABLE registry_counter (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);

CREATE TABLE registry_client (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  country TEXT NOT NULL,
  inn TEXT NOT NULL,    -- RU: ИНН; KZ: БИН or ИИН
  kpp TEXT NOT NULL,
  ust_id TEXT NOT NULL,
  note TEXT NOT NULL,
  sort TEXT NOT NULL,   -- folded name, for the order of lists
  folded TEXT NOT NULL, -- search words, see fold.go
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX registry_client_number ON registry_client (tenant, number);
CREATE INDEX registry_client_list ON registry_client (tenant, sort, id);

CREATE TABLE registry_outlet (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL REFERENCES registry_client (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  city TEXT NOT NULL,
  zone TEXT NOT NULL,
  lat_e6 BIGINT, -- millionths of a degree; NULL = not known
  lon_e6 BIGINT,
  note TEXT NOT NULL,
  sort TEXT NOT NULL,
  folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX registry_outlet_list ON registry_outlet (tenant, sort, id);
CREATE INDEX registry_outlet_client ON registry_outlet (client);

CREATE TABLE registry_contact (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL REFERENCES registry_client (id),
  outlet TEXT NOT NULL DEFAULT '', -- '' = for the whole client
  name TEXT NOT NULL,
  phone TEXT NOT NULL, -- E.164
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX registry_contact_client ON registry_contact (tenant, client, id);
CREATE INDEX registry_contact_phone ON registry_contact (tenant, phone) WHERE phone <> '';

CREATE TABLE registry_device (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL REFERENCES registry_client (id),
  outlet TEXT NOT NULL REFERENCES registry_outlet (id),
  agent TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  firmware TEXT NOT NULL,
  endpoint TEXT NOT NULL, -- JSON, '' = nothing to be read
  poll_ms BIGINT NOT NULL,
  reg_number TEXT NOT NULL,
  fn_serial TEXT NOT NULL,
  produced_on TEXT NOT NULL, -- YYYY-MM-DD or ''
  activated_on TEXT NOT NULL,
  purchased_on TEXT NOT NULL,
  tax_systems TEXT NOT NULL, -- separated by spaces
  ffd TEXT NOT NULL,
  note TEXT NOT NULL,
  sort TEXT NOT NULL,
  folded TEXT NOT NULL,
  retired_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX registry_device_list ON registry_device (tenant, sort, id);
CREATE INDEX registry_device_id ON registry_device (tenant, id);
CREATE INDEX registry_device_client ON registry_device (client);
CREATE INDEX registry_device_outlet ON registry_device (outlet);
CREATE INDEX registry_device_agent ON registry_device (tenant, agent) WHERE agent <> '';
CREATE INDEX registry_device_serial ON registry_device (tenant, serial) WHERE serial <> '';

CREATE TABLE registry_passport (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  device TEXT NOT NULL REFERENCES registry_device (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,   -- a person's words
  detail TEXT NOT NULL, -- JSON of what a machine noted
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL
);
CREATE INDEX registry_passport_device ON registry_passport (tenant, device, at, id);
