/** One line of what a person may do where; never changed, only ended by `to_at`. */
export interface AccountGrantTable {
  id: string;
  person_id: string;
  role: string;
  /** Area prefix: county 6, township 9, village 12 digits; null means the whole county. */
  area_code: string | null;
  unit_id: string | null;
  sealed_list: number;
  from_at: string;
  to_at: string | null;
  made_by: string;
  made_at: string;
}

/** Links for the first administrator; only the hash of the word in the link is kept. */
export interface SetupLinkTable {
  token_hash: string;
  made_at: string;
  used_at: string | null;
}

/** The columns of better-auth's own tables that we read. */
export interface UserTable {
  id: string;
  name: string;
  email: string;
  username: string | null;
  banned: number | boolean | null;
  twoFactorEnabled: number | boolean | null;
  createdAt: string | Date;
  updatedAt: string | Date;
}

export interface SessionTable {
  id: string;
  userId: string;
  token: string;
  createdAt: string | Date;
  expiresAt: string | Date;
  updatedAt: string | Date;
}

/** How one signs in; the passphrase as its hash. */
export interface AccountTable {
  id: string;
  userId: string;
  accountId: string;
  providerId: string;
  password: string | null;
  createdAt: string | Date;
  updatedAt: string | Date;
}

/** Secrets of the second factor, encrypted with the cookie secret. */
export interface TwoFactorTable {
  id: string;
  userId: string;
}

/** Six digits that opened: each only once. */
export interface SecondFactorUsedTable {
  /** SHA-256 of person and code. */
  code_hash: string;
  used_at_ms: number;
}

export interface AuthTables {
  second_factor_used: SecondFactorUsedTable;
  account_grant: AccountGrantTable;
  setup_link: SetupLinkTable;
  user: UserTable;
  session: SessionTable;
  account: AccountTable;
  twoFactor: TwoFactorTable;
}
