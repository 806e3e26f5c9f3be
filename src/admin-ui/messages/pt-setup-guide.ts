import type { Messages } from './en.js';

export const ptSetupGuide: Messages['setupGuide'] = {
  summary: 'Como preparar o Autotask',
  copyOf: (value: string) => `Copiar ${value}`,
  level: 'Nível de segurança (Security Level)',
  levelText:
    'Em Admin > Company Settings & Users > Resources/Users > Security Levels, copie API User (system) e dê à cópia o nome:',
  levelRights:
    'Conceda Contracts, CRM, Inventory, Admin, Other e Web Services API. Projects, Documents & Knowledge Base, Timesheets e Reports ficam com No Permission, assim como Service Desk, a menos que tickets sejam sincronizados. O teste abaixo mostra o que falta e o que excede o necessário.',
  location: 'Localização interna (Internal Location)',
  locationText:
    'Em Admin > Company Settings & Users > Your Organization > Internal Locations, crie uma só para o usuário de API, com United States, Sunday como primeiro dia, MM/dd/yyyy, hh:mm a, X,XXX.XX e (GMT-08:00) Pacific Time (US & Canada). O nome:',
  user: 'Usuário de API',
  userText:
    'Crie um usuário de API com este nível de segurança e esta localização, um e-mail que alguém leia e “Resource can view items with no assigned Line of Business” ligado. Gere o nome de usuário (chave) e o segredo e digite-os abaixo. Um novo usuário de API pode levar cerca de cinco minutos para funcionar.',
};
