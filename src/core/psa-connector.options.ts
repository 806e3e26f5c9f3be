/** Where the module keeps its tables. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. The role must be able to create our two schemas, or own them. */
  url: string;
  /**
   * Schema of our tables and our migration table; the job queue lives in `<schema>_queue`. Default `psa_connector`. Lower-case
   * letters, digits and underscores, at most 40.
   */
  schema?: string;
  /**
   * Connections of this process to Postgres, beside 4 of the job queue. Default 10. Too low: requests wait for each other while
   * a sync run writes; too high: several replicas exhaust `max_connections`.
   */
  poolSize?: number;
  /** How long to wait for a connection, in milliseconds. Default 10,000. */
  connectTimeoutMs?: number;
  /** `onStart` (default) migrates under a lock, safe with several starters; `never` refuses to start on an old schema. */
  migrate?: 'onStart' | 'never';
}

/** How Autotask is reached. */
export interface AutotaskConnectOptions {
  /** Zone discovery base. Default `https://webservices.autotask.net/atservicesrest`. */
  discoveryUrl?: string;
  /** Extra hosts the client may talk to, as `host:port`; plain HTTP only for loopback. Default none beside the vendor's. */
  allowedHosts?: string[];
  /** Tracking identifier used where a connection gives none of its own. Default none: each connection must give one. */
  integrationCode?: string;
  /** Longest wait for one answer, in milliseconds. Default 30,000. Too low: large pages fail; too high: runs hang on a dead zone. */
  requestTimeoutMs?: number;
  /**
   * How long a request slot rests after each answer before it is used again, in milliseconds, and 20 more: the vendor frees it a little later than
   * the answer arrives. Default 0: learned from refusals, per instance. Too low: a few refusals until it is learned; too high: fewer calls a second.
   */
  slotReleaseMs?: number;
  /**
   * Share of the hourly allowance up to which pulls use it, above 0 up to 1. Default 0.8. Too low: large pulls wait for hours; too high: changes to be
   * pushed, and the customer's other integrations, find nothing left.
   */
  pullShare?: number;
  /**
   * Whether pulls keep to the pace the vendor sets from 50 % and 75 % of the allowance on: 0.5 s and 1 s per request, the vendor's own delay
   * included. Default true. False leaves the delay to the vendor alone.
   */
  pacesPulls?: boolean;
}

/** When scheduled work is started; cron expressions of 5 or 6 fields, in UTC. */
export interface ScheduleOptions {
  /**
   * Pull of every active connection that has no schedule of its own. Default every 15 minutes. More often costs API calls of the
   * customer's hourly allowance.
   */
  syncCron?: string;
  /**
   * Full pull of every active connection, which finds deletions and the edits that no change field shows. Default daily at 02:40. More
   * often costs one call per 500 rows each time; more rarely lets deletions stay longer.
   */
  sweepCron?: string;
  /** Re-check of the security level of every connection. Default daily at 03:20. */
  checkCron?: string;
  /**
   * Care of the audit log: partitions ahead, text index, and a signed checkpoint per day where the host gives a key. Default every
   * 5 minutes. Less often: searches for text look longer at the newest entries.
   */
  auditCron?: string;
}

/** How pulls share this process and the time. */
export interface SyncOptions {
  /** Incremental pulls this process works on at the same time. Default 4. Too low: runs start late; too high: they wait for the database pool. */
  slots?: number;
  /** Full pulls, and pulls that take longer than a slice, at the same time; beside `slots`. Default 2. */
  longSlots?: number;
  /** How long a pull works before it goes to the end of the queue, in seconds. Default 60. Too low: pages read ahead are read again. */
  sliceSeconds?: number;
  /**
   * The connections of one tick start spread over this many seconds, each always at the same place; never over more than the time
   * between two ticks. Default 900. 0 starts all of them at once.
   */
  spreadSeconds?: number;
  /**
   * The same for sweeps, which read everything: the full pulls of one tick start spread over this many seconds. Default 14,400 (four
   * hours). Too low: they wait for each other's slots and allowances, and pulls a person asks for wait with them; too high: they run into the working day.
   */
  sweepSpreadSeconds?: number;
  /**
   * How long a pull waits for a PSA that does not answer, in minutes without anything stored in between, before it fails. Default
   * 360. Too low: the next run starts from the beginning; too high: an outage is told of late.
   */
  outageToleranceMinutes?: number;
  /** Days a run that has ended is kept. Default 30. A connection pulled every 15 minutes makes 96 runs a day. */
  runRetentionDays?: number;
}

/** Limits of the HTTP API. */
export interface HttpOptions {
  /**
   * Requests of one actor per minute and process, in bursts of as many; 0 = no limit. Default 12,000. Too low: lists and live progress
   * answer 429; too high: one program that runs wild slows everybody down.
   */
  requestsPerMinute?: number;
}

/** How the admin UI looks. */
export interface AdminUiOptions {
  /**
   * CSS of the host's, at most 100,000 characters, loaded after the UI's own: sets variables such as `--psa-accent` (README, "Look").
   * Default none.
   */
  stylesheet?: string;
}

/** Values of the module; structure (ports, mount path) goes into the extras beside them. */
export interface PsaConnectorModuleOptions {
  database: DatabaseOptions;
  autotask?: AutotaskConnectOptions;
  schedules?: ScheduleOptions;
  http?: HttpOptions;
  sync?: SyncOptions;
  adminUi?: AdminUiOptions;
  /** Sentences the admin UI shows in a banner, such as "Autotask is simulated". Default none. */
  notices?: string[];
}

/** The options with every default filled in and every value checked. */
export interface PsaConnectorSettings {
  database: Required<DatabaseOptions>;
  autotask: Required<Omit<AutotaskConnectOptions, 'integrationCode'>> & {
    integrationCode: string | undefined;
  };
  schedules: Required<ScheduleOptions>;
  http: Required<HttpOptions>;
  sync: Required<SyncOptions>;
  adminUi: Required<AdminUiOptions>;
  notices: string[];
}

/** Token of the options as the host gave them. */
export const PSA_CONNECTOR_OPTIONS = Symbol('PSA_CONNECTOR_OPTIONS');

/** Token of the checked `PsaConnectorSettings`. */
export const PSA_CONNECTOR_SETTINGS = Symbol('PSA_CONNECTOR_SETTINGS');
