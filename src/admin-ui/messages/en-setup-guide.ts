/** Texts of the guide to the Autotask side; menus and values of Autotask are quoted as Autotask writes them. */
export const enSetupGuide = {
  summary: 'How to prepare Autotask',
  copyOf: (value: string) => `Copy ${value}`,
  level: 'Security level',
  levelText:
    'Under Admin > Company Settings & Users > Resources/Users > Security Levels, copy API User (system) and name the copy:',
  levelRights:
    'Give it Contracts, CRM, Inventory, Admin, Other and Web Services API. Projects, Documents & Knowledge Base, Timesheets and Reports need No Permission, and so does Service Desk unless tickets are synced. The test below shows what is missing and what is more than needed.',
  location: 'Internal location',
  locationText:
    'Under Admin > Company Settings & Users > Your Organization > Internal Locations, create one for the API user alone, with United States, Sunday as the first day, MM/dd/yyyy, hh:mm a, X,XXX.XX and (GMT-08:00) Pacific Time (US & Canada). Its name:',
  user: 'API user',
  userText:
    'Create an API user with this security level and location, an e-mail address a person reads, and “Resource can view items with no assigned Line of Business” switched on. Generate its user name (key) and secret and type them below. A new API user can take about five minutes to work.',
};
