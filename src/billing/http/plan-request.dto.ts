import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';

/** Absent is allowed, null is not. */
const MayBeAbsent = () => ValidateIf((_, value: unknown) => value !== undefined);

const IsDay = (name: string) =>
  ValidateBy({
    name: 'isDay',
    validator: {
      validate: isLocalDate,
      defaultMessage: () => `${name} must be a day in the form YYYY-MM-DD`,
    },
  });

/** Body of `POST /plans/{id}/apply`. */
export class ApplyPlanDto {
  /** Only these steps; all when absent. */
  @MayBeAbsent()
  @IsArray({ message: 'stepIds must be a list of step ids' })
  @ArrayNotEmpty({ message: 'stepIds must name a step at least; leave it out to apply all of them' })
  @IsUUID('all', { each: true, message: 'stepIds must be a list of step ids' })
  stepIds?: string[];
}

/** Body of `PATCH /plans/{id}/steps/{stepId}`. */
export class UpdateStepDto {
  @MayBeAbsent()
  @IsDay('effectiveOn')
  effectiveOn?: LocalDate;

  @MayBeAbsent()
  @IsBoolean({ message: 'dismissed must be true or false' })
  dismissed?: boolean;

  @IsOptional()
  @IsString({ message: 'reason must be a text of 1 to 500 characters' })
  @Length(1, 500, { message: 'reason must be a text of 1 to 500 characters' })
  reason?: string;
}
