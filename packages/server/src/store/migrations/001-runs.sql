-- Runs in the order they were submitted. What lists need is here; texts that may be large are in run_texts.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'finished', 'failed', 'cancelled')),
  number REAL NOT NULL,
  client_id TEXT,
  title TEXT,
  created_at_ms REAL NOT NULL,
  started_at_ms REAL,
  ended_at_ms REAL,
  -- Counts the ends: the order of the history, whatever the clock does.
  ended INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT 0,
  event_bytes INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  files TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX runs_pending ON runs (number, id) WHERE status = 'pending';
CREATE INDEX runs_running ON runs (id) WHERE status = 'running';
CREATE UNIQUE INDEX runs_ended ON runs (ended) WHERE ended IS NOT NULL;

CREATE TABLE run_texts (
  run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  document TEXT NOT NULL,
  prompt TEXT NOT NULL,
  editor_document TEXT,
  extra TEXT,
  targets TEXT NOT NULL,
  problems TEXT NOT NULL,
  seeds TEXT NOT NULL,
  versions TEXT NOT NULL,
  timings TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE events (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE outputs (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  node_id TEXT NOT NULL,
  filename TEXT NOT NULL,
  subfolder TEXT NOT NULL,
  type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

-- The weight files of a run; their hashes are computed once per file.
CREATE TABLE run_models (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  PRIMARY KEY (run, folder, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_hashes (
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (path, size_bytes, modified_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
