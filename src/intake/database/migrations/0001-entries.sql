-- One row for each session that began: a submission (outcome "complete") or an attempt.
create table tlslp_entries (
  id text primary key,               -- sorts by time
  at text not null,                  -- when the session ended; ISO 8601, UTC
  outcome text not null,             -- complete, incomplete, invalid, refused or timeout
  step text not null,                -- the last message that the server sent
  reason text,                       -- why an attempt is not complete
  participant text,                  -- the common name of the client's certificate
  subject text,                      -- its whole subject
  fingerprint text,                  -- its public key: sha256/BASE64
  address text,                      -- the client's address and port
  bits integer,
  work_seconds double precision,
  acknowledged integer not null,     -- 1 when the client said OK after DONE
  pending integer not null,          -- 1 until the on-pass command has handled it
  erased integer not null,           -- 1 when its personal data was removed
  requests text,                     -- the requests that are answered, with spaces between them
  answers text,                      -- one JSON object, request to answer, in the protocol's order
  receipt text                       -- a compact JWS
);
create index tlslp_entries_by_outcome on tlslp_entries (outcome, id);
create index tlslp_entries_pending on tlslp_entries (id) where pending = 1;

-- How many submissions a participant has, the erased ones included.
create table tlslp_participants (
  fingerprint text primary key,
  passes integer not null
);

-- Written to find out whether a store that failed can be written again.
create table tlslp_probe (
  at text not null
);
