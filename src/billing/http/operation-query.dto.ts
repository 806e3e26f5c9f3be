import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { OPERATION_STATES, type OperationState } from '../domain/operation.js';

/** Query of `GET /operations`. */
export class OperationQueryDto extends PageQueryDto {
  @IsOptional()
  @IsUUID('all', { message: 'connectionId must be the id of a connection' })
  connectionId?: string;

  @IsOptional()
  @IsString({ message: 'subscriptionId must be a text' })
  @MaxLength(200, { message: 'subscriptionId must have at most 200 characters' })
  subscriptionId?: string;

  @IsOptional()
  @IsIn(OPERATION_STATES, { message: `state must be one of ${OPERATION_STATES.join(', ')}` })
  state?: OperationState;
}
