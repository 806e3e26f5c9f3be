import type { ApiUsage } from '../../ports/psa/psa-session.port.js';
import type { JsonObject } from './failure-table.js';

/** Reads `ThresholdInformation` (Autotask REST reference, §5); null when a number is missing. */
export function readThreshold(body: JsonObject): ApiUsage | null {
  const used = body['currentTimeframeRequestCount'];
  const limit = body['externalRequestThreshold'];
  const windowMinutes = body['requestThresholdTimeframe'];
  if (typeof used !== 'number' || typeof limit !== 'number' || typeof windowMinutes !== 'number') return null;
  return { used, limit, windowMinutes };
}
