import {
  applyDecorators,
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { InvalidRequestInterceptor } from './invalid-request.interceptor.js';
import { PermissionsGuard } from './permissions.guard.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';

/**
 * A controller of our API: binds the guard, the validation, the audit of refused requests and the problem documents to this
 * controller alone, because nothing global may be pushed into the host.
 */
export const ConnectorController = (path: string) =>
  applyDecorators(
    Controller(path),
    UseGuards(PermissionsGuard),
    UseInterceptors(InvalidRequestInterceptor),
    UsePipes(RequestValidationPipe),
    UseFilters(ProblemDetailsFilter),
  );
