/**
 * Tables of the county's database. `county` leads every key, so that the store can be split by
 * county. Times are `Instant` text, flags are 0 or 1, JSON is text: the same on every database.
 */
export interface LogTable {
  county: string;
  /** Dense from 1 per county. */
  seq: number;
  tag: string;
  kind: 'event' | 'enter' | 'leave' | 'adopted';
  id: string;
  h: string;
  case_id: string;
  /** Of a mark: for whom; of an event: empty. */
  person_id: string;
  note: string;
  dv: string;
  ds: number;
  type: string;
  v: number;
  occurred_at: string;
  received_at: string;
  clock_offset: number;
  /** JSON of `Actor`. */
  actor: string;
  /** JSON of the payload. */
  body: string;
}

export interface LogHeadTable {
  county: string;
  seq: number;
  tag: string;
  /** Highest seq in a copy that was restored and checked. */
  safe: number;
}

export interface EpochTable {
  county: string;
  n: number;
  id: string;
  base_seq: number;
  reason: string;
  at: string;
}

export interface DeviceTable {
  county: string;
  dv: string;
  person_id: string;
  letter: string;
  last_ds: number;
  ds_hi: number;
  build: string;
  enrolled_at: string;
  last_seen_at: string;
  clock_offset: number;
  /** JSON of the last request's report. */
  report: string;
  /** Its key of now; empty and 0 while it has none. */
  key_public: string;
  key_id: string;
  key_at: string;
  key_n: number;
  /** From this place on it signs what it seals; 0: it never said. */
  sealed_from: number;
  /** 1: it signs the descriptions of files that leave it sealed. */
  files_signed: number;
}

/** Every key that a device had; append-only. */
export interface DeviceKeyTable {
  county: string;
  dv: string;
  n: number;
  key_id: string;
  public_key: string;
  at: string;
}

/** Signed pushes of which something joined the log: its events of `dv` in (from_seq, to_seq]. */
export interface DevicePushTable {
  county: string;
  from_seq: number;
  to_seq: number;
  dv: string;
  stored: number;
  key_id: string;
  signature: string;
  hashes: string;
}

export interface DeviceLogTable {
  county: string;
  dv: string;
  ds: number;
  id: string;
  outcome: 'stored' | 'rejected' | 'alias';
}

export interface DeadLetterTable {
  county: string;
  id: string;
  h: string;
  dv: string;
  ds: number;
  person_id: string;
  case_id: string;
  salt: string;
  code: string;
  reason: string;
  raw: string;
  received_at: string;
  clock_offset: number;
  adopted_seq: number | null;
}

export interface CaseTable {
  county: string;
  case_id: string;
  salt: string;
  first_seq: number;
  last_seq: number;
  status: string;
  case_no: string | null;
  temporary_no: string | null;
  query_code: string | null;
  other_codes: string | null;
  area_code: string;
  agent_id: string | null;
  lead_unit_id: string | null;
  category: string | null;
  level: string | null;
  sealed: number;
  urgent: number;
  xf_date: string | null;
  received_at: string | null;
  closed_at: string | null;
  search_text: string;
  /** JSON of the folded `CaseFile`. */
  file: string;
}

/** Who is or was agent of a case; only ever added to. */
export interface CaseAgentTable {
  county: string;
  person_id: string;
  case_id: string;
}

export interface CaseAccessTable {
  county: string;
  person_id: string;
  case_id: string;
  from_seq: number;
  to_seq: number | null;
}

export interface ViewerTable {
  county: string;
  person_id: string;
  checked_seq: number;
  grants_print: string;
}

export interface MediaFileTable {
  county: string;
  sha: string;
  bytes: number;
  mime: string;
  case_id: string;
  person_id: string;
  state: 'wanted' | 'complete' | 'refused';
  refused: string;
  announced_at: string;
  complete_at: string | null;
}

export interface AuditTable {
  county: string;
  n: number;
  at: string;
  person_id: string;
  /** Roles under which it was done, comma between; empty when that says nothing. */
  role: string;
  action: string;
  case_id: string | null;
  note: string;
  /** Why, as the person said it; empty when nobody was asked. */
  why: string;
  /** Over this line and the tag before it (audit-chain.ts). */
  tag: string;
}

export interface CounterTable {
  county: string;
  name: string;
  value: number;
}

/** Append-only: who set what when; the highest `n` of a name holds. */
export interface CountySettingTable {
  county: string;
  name: string;
  n: number;
  /** JSON. */
  value: string;
  changed_at: string;
  changed_by: string;
}

/** Tries of somebody at a front door; `id` is its refill time in ms and a hash of limit and key. */
export interface RateBucketTable {
  id: string;
  tokens: number;
  at_ms: number;
  /** Whether the last try was allowed: 0 or 1. */
  allowed: number;
}

/** One entry of the log as a leaf of the county's tree: derived from the log, never rewritten. */
export interface EvidenceLeafTable {
  county: string;
  /** Place in the log; the leaf's position is one less. */
  seq: number;
  /** `caseMark` of the case. */
  mark: string;
  /** How many entries the case has with this one. */
  entries: number;
  /** Head of the case's chain with this entry. */
  head: string;
}

/** Root over 256 leaves: `place` 0 is over the entries 1 to 256. */
export interface EvidenceTileTable {
  county: string;
  place: number;
  hash: string;
}

/** A signed root. */
export interface EvidencePointTable {
  county: string;
  n: number;
  size: number;
  root: string;
  epoch: string;
  at: string;
  /** LocalDate where it is the root of a day, else empty. */
  day: string;
  key_id: string;
  signature: string;
}

/** A signed head of the audit. */
export interface AuditPointTable {
  county: string;
  n: number;
  tag: string;
  at: string;
  key_id: string;
  signature: string;
}

/** Public halves of the keys, in their order. */
export interface EvidenceKeyTable {
  county: string;
  n: number;
  key_id: string;
  public_key: string;
  made_at: string;
  signed_by: string;
  signature: string;
}

/** A key under which rows of sealed cases lie, wrapped to the county's sealing and recovery keys. */
export interface SealedKeyTable {
  county: string;
  n: number;
  /** 22 characters. */
  id: string;
  /** Sealing key that was the newest when it was made. */
  made_for: string;
  /** JSON: list of wraps (server/sealing/data-keys). */
  wraps: string;
  made_at: string;
}

/** The tables that this floor owns; accounts add their own (server/auth/tables.ts). */
export interface CountyTables {
  log: LogTable;
  log_head: LogHeadTable;
  epochs: EpochTable;
  devices: DeviceTable;
  device_log: DeviceLogTable;
  device_key: DeviceKeyTable;
  device_push: DevicePushTable;
  dead_letter: DeadLetterTable;
  cases: CaseTable;
  case_agents: CaseAgentTable;
  case_access: CaseAccessTable;
  viewers: ViewerTable;
  media_files: MediaFileTable;
  audit: AuditTable;
  counters: CounterTable;
  county_setting: CountySettingTable;
  rate_bucket: RateBucketTable;
  evidence_leaf: EvidenceLeafTable;
  evidence_tile: EvidenceTileTable;
  evidence_point: EvidencePointTable;
  evidence_key: EvidenceKeyTable;
  audit_point: AuditPointTable;
  sealed_key: SealedKeyTable;
}
