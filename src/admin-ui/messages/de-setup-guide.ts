import type { Messages } from './en.js';

export const deSetupGuide: Messages['setupGuide'] = {
  summary: 'Autotask vorbereiten',
  copyOf: (value: string) => `Kopieren: ${value}`,
  level: 'Sicherheitsstufe (Security Level)',
  levelText:
    'Kopieren Sie unter Admin > Company Settings & Users > Resources/Users > Security Levels die Stufe API User (system) und nennen Sie die Kopie:',
  levelRights:
    'Geben Sie ihr Contracts, CRM, Inventory, Admin, Other und Web Services API. Projects, Documents & Knowledge Base, Timesheets und Reports erhalten No Permission, ebenso Service Desk, sofern keine Tickets abgeglichen werden. Der Test unten zeigt, was fehlt und was über das Nötige hinausgeht.',
  location: 'Interner Standort (Internal Location)',
  locationText:
    'Legen Sie unter Admin > Company Settings & Users > Your Organization > Internal Locations einen Standort nur für den API-Benutzer an, mit United States, Sunday als erstem Wochentag, MM/dd/yyyy, hh:mm a, X,XXX.XX und (GMT-08:00) Pacific Time (US & Canada). Sein Name:',
  user: 'API-Benutzer',
  userText:
    'Legen Sie einen API-Benutzer mit dieser Sicherheitsstufe und diesem Standort an, mit einer E-Mail-Adresse, die jemand liest, und eingeschaltetem „Resource can view items with no assigned Line of Business“. Erzeugen Sie Benutzernamen (Schlüssel) und Geheimnis und geben Sie beide unten ein. Ein neuer API-Benutzer kann etwa fünf Minuten brauchen, bis er funktioniert.',
};
