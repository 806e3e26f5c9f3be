import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'sealed_secret' })
export class SealedSecretEntity {
  @PrimaryColumn({ name: 'owner_id', type: 'uuid', primaryKeyConstraintName: 'sealed_secret_pk' })
  ownerId!: string;

  @Column({ name: 'master_key_id', type: 'text' })
  masterKeyId!: string;

  @Column({ name: 'wrapped_key', type: 'bytea' })
  wrappedKey!: Buffer;

  @Column({ name: 'sealed_value', type: 'bytea' })
  sealedValue!: Buffer;

  @Column({ name: 'sealed_at', type: 'timestamptz', precision: 3 })
  sealedAt!: Date;
}
