import { IsBoolean, IsIn, IsString, MaxLength, ValidateIf } from 'class-validator';
import type { ScheduleChange } from '../application/connection-schedule.service.js';
import type { VisibilityDecision } from '../application/visibility-decision.service.js';
import type { SyncMode } from '../domain/sync-run.js';

const MODES: readonly SyncMode[] = ['full', 'incremental'];
const DECISIONS: readonly VisibilityDecision[] = ['acceptDeletions', 'keep'];

/** Absent is allowed, null is not. */
const MayBeAbsent = () => ValidateIf((_, value: unknown) => value !== undefined);

/** Body of `POST /connections/{id}/sync-runs`; may be absent as a whole. */
export class StartSyncRunDto {
  @MayBeAbsent()
  @IsIn(MODES, { message: `mode must be one of ${MODES.join(', ')}` })
  mode?: SyncMode;
}

/** Body of `PATCH /connections/{id}/sync-schedule`. */
export class SyncScheduleChangeDto {
  @ValidateIf((_, value: unknown) => value !== undefined && value !== null)
  @MaxLength(100, { message: 'syncCron must be a text of at most 100 characters' })
  @IsString({ message: 'syncCron must be a text or null' })
  syncCron?: string | null;

  @MayBeAbsent()
  @IsBoolean({ message: 'paused must be true or false' })
  paused?: boolean;
}

/** Body of `POST /connections/{id}/visibility`. */
export class VisibilityDecisionDto {
  @IsIn(DECISIONS, { message: `decision must be one of ${DECISIONS.join(', ')}` })
  decision!: VisibilityDecision;
}

export function fromScheduleChange({ syncCron, paused }: SyncScheduleChangeDto): ScheduleChange {
  return { syncCron, isPaused: paused };
}
