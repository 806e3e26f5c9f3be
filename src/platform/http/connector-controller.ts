import {
  applyDecorators,
  Controller,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { AnswerInterceptor } from './answer.interceptor.js';
import { InvalidRequestInterceptor } from './invalid-request.interceptor.js';
import { PermissionsGuard } from './permissions.guard.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { shieldParameters } from './shielded-parameters.js';

/**
 * A controller of our API: binds the guard, the validation, the audit of refused requests and the problem documents to this
 * controller alone, because nothing global may be pushed into the host; and keeps what the host has pushed globally from what the
 * controller takes and answers.
 */
export const ConnectorController = (path: string) =>
  applyDecorators(
    Controller(path),
    (controller: object) => shieldParameters(controller as Type),
    UseGuards(PermissionsGuard),
    UseInterceptors(AnswerInterceptor, InvalidRequestInterceptor),
    UsePipes(RequestValidationPipe),
    UseFilters(ProblemDetailsFilter),
  );
