import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import { accessOf, supportedVerbs } from '../rules/permissions.js';
import type { SecurityLevel } from '../world/security-level.js';

/** Body of `entityInformation`; the access levels are strings, as clients of the live API receive them (reference §4.1). */
export function entityInformation(entity: EntityDefinition, level: SecurityLevel): unknown {
  const supported = supportedVerbs(entity);
  return {
    info: {
      name: entity.singular,
      canCreate: supported.create,
      canDelete: supported.delete,
      canQuery: supported.query,
      canUpdate: supported.update,
      userAccessForCreate: accessOf(level, entity, 'create'),
      userAccessForDelete: accessOf(level, entity, 'delete'),
      userAccessForQuery: accessOf(level, entity, 'query'),
      userAccessForUpdate: accessOf(level, entity, 'update'),
      hasUserDefinedFields: entity.userDefinedFields !== null,
      supportsWebhookCallouts: entity.supportsWebhooks,
    },
  };
}

/** Body of `entityInformation/fields`. */
export function fieldInformation(entity: EntityDefinition): unknown {
  return { fields: entity.fields.map((field) => describeField(field)) };
}

function describeField(field: FieldDefinition): unknown {
  return {
    name: field.name,
    dataType: field.type === 'date' ? 'datetime' : field.type,
    length: field.length,
    isRequired: field.isRequired,
    isReadOnly: field.isReadOnly,
    isQueryable: true,
    isReference: field.reference !== '',
    referenceEntityType: field.reference,
    isPickList: field.picklist !== null,
    picklistValues: describePicklist(field),
    picklistParentValueField: '',
    isSupportedWebhookField: false,
  };
}

function describePicklist(field: FieldDefinition): unknown {
  return (
    field.picklist?.map(({ value, label }, position) => ({
      value,
      label,
      isDefaultValue: false,
      sortOrder: position + 1,
      parentValue: '',
      isActive: true,
      isSystem: true,
    })) ?? null
  );
}

/** Body of `entityInformation/userDefinedFields`; note `type` where fields say `dataType`. */
export function userDefinedFieldInformation(entity: EntityDefinition): unknown {
  return {
    fields: (entity.userDefinedFields ?? []).map(({ name, length }) => ({
      name,
      label: name,
      type: 'string',
      length,
      description: '',
      isRequired: false,
      isReadOnly: false,
      isQueryable: true,
      isReference: false,
      referenceEntityType: null,
      isPickList: false,
      picklistValues: null,
      picklistParentValueField: null,
      defaultValue: null,
      isSupportedWebhookField: false,
    })),
  };
}
