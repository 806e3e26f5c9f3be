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
}

/** When scheduled work is started; cron expressions of 5 or 6 fields, in UTC. */
export interface ScheduleOptions {
  /** Pull of every active connection. Default every 15 minutes. More often costs API calls of the customer's hourly allowance. */
  syncCron?: string;
  /** Re-check of the security level of every connection. Default daily at 03:20. */
  checkCron?: string;
}

/** Limits of the HTTP API. */
export interface HttpOptions {
  /**
   * Requests of one actor per minute and process, in bursts of as many; 0 = no limit. Default 12,000. Too low: lists and live progress
   * answer 429; too high: one program that runs wild slows everybody down.
   */
  requestsPerMinute?: number;
}

/** Values of the module; structure (ports, mount path) goes into the extras beside them. */
export interface PsaConnectorModuleOptions {
  database: DatabaseOptions;
  autotask?: AutotaskConnectOptions;
  schedules?: ScheduleOptions;
  http?: HttpOptions;
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
  notices: string[];
}

/** Token of the options as the host gave them. */
export const PSA_CONNECTOR_OPTIONS = Symbol('PSA_CONNECTOR_OPTIONS');

/** Token of the checked `PsaConnectorSettings`. */
export const PSA_CONNECTOR_SETTINGS = Symbol('PSA_CONNECTOR_SETTINGS');
