import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { type ActorTier, type Permission, PERMISSIONS } from '../../index.js';
import { ROLES, type Role, TIERS } from './roles.js';

const MAX_SECRET = 500;
export const MAX_TOKEN_DAYS = 366;

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
const Folded = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim().normalize('NFKC').toLowerCase() : value,
  );
/** Absent is allowed, null is not: there is nothing to clear. */
const MayBeAbsent = () => ValidateIf((_, value: unknown) => value !== undefined);
const IsText = (name: string, max: number) =>
  Length(1, max, { message: `${name} must be a text of 1 to ${max} characters` });
const IsPlain = (name: string) =>
  Matches(/^\P{C}*$/u, { message: `${name} must not hold control characters` });

const USER_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$/u;
const TENANT = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Body of `POST /sign-in`: user name and password, or a token. */
export class SignInDto {
  @ValidateIf(({ token }: SignInDto) => token === undefined)
  @Folded()
  @IsText('userName', MAX_SECRET)
  @IsString({ message: 'userName must be a text' })
  userName?: string;

  @ValidateIf(({ token }: SignInDto) => token === undefined)
  @IsText('password', MAX_SECRET)
  @IsString({ message: 'password must be a text' })
  password?: string;

  @MayBeAbsent()
  @Trimmed()
  @IsText('token', MAX_SECRET)
  @IsString({ message: 'token must be a text' })
  token?: string;
}

/** Body of `POST /accounts`. */
export class CreateAccountDto {
  @Folded()
  @Matches(USER_NAME, { message: 'userName must be 2 to 100 letters, digits or any of . _ @ + -' })
  @IsString({ message: 'userName must be a text' })
  userName!: string;

  @Trimmed()
  @IsPlain('displayName')
  @IsText('displayName', 100)
  @IsString({ message: 'displayName must be a text' })
  displayName!: string;

  @IsText('password', MAX_SECRET)
  @IsString({ message: 'password must be a text' })
  password!: string;

  @IsIn(ROLES, { message: `role must be one of ${ROLES.join(', ')}` })
  role!: Role;

  @MayBeAbsent()
  @IsIn(TIERS, { message: `tier must be one of ${TIERS.join(', ')}` })
  tier?: ActorTier;

  @MayBeAbsent()
  @Matches(TENANT, { message: 'tenantId must be 1 to 64 letters, digits or any of _ . -' })
  @IsString({ message: 'tenantId must be a text' })
  tenantId?: string;
}

/** Body of `PATCH /accounts/{id}`: absent leaves a value. */
export class UpdateAccountDto {
  @MayBeAbsent()
  @Trimmed()
  @IsPlain('displayName')
  @IsText('displayName', 100)
  @IsString({ message: 'displayName must be a text' })
  displayName?: string;

  @MayBeAbsent()
  @IsIn(ROLES, { message: `role must be one of ${ROLES.join(', ')}` })
  role?: Role;

  @MayBeAbsent()
  @IsBoolean({ message: 'enabled must be true or false' })
  enabled?: boolean;

  @MayBeAbsent()
  @IsText('password', MAX_SECRET)
  @IsString({ message: 'password must be a text' })
  password?: string;
}

/** Body of `PUT /own-password`. */
export class ChangePasswordDto {
  @IsText('currentPassword', MAX_SECRET)
  @IsString({ message: 'currentPassword must be a text' })
  currentPassword!: string;

  @IsText('newPassword', MAX_SECRET)
  @IsString({ message: 'newPassword must be a text' })
  newPassword!: string;
}

/** Body of `POST /api-tokens`. */
export class CreateApiTokenDto {
  @Trimmed()
  @IsPlain('name')
  @IsText('name', 100)
  @IsString({ message: 'name must be a text' })
  name!: string;

  @IsIn(PERMISSIONS, { each: true, message: `permissions must each be one of ${PERMISSIONS.join(', ')}` })
  @ArrayUnique({ message: 'permissions must not repeat' })
  @ArrayMaxSize(PERMISSIONS.length, { message: 'permissions must not repeat' })
  @ArrayMinSize(1, { message: 'permissions must name at least one permission' })
  @IsArray({ message: 'permissions must be a list' })
  permissions!: Permission[];

  @Max(MAX_TOKEN_DAYS, { message: `expiresInDays must be a whole number from 1 to ${MAX_TOKEN_DAYS}` })
  @Min(1, { message: `expiresInDays must be a whole number from 1 to ${MAX_TOKEN_DAYS}` })
  @IsInt({ message: `expiresInDays must be a whole number from 1 to ${MAX_TOKEN_DAYS}` })
  expiresInDays!: number;
}
