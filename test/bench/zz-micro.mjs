import { readFileSync, readdirSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import pg from 'pg'; import { from } from 'pg-copy-streams';
import { startPostgres } from './support/processes.mjs';
import { REMEMBER_SEEN, isAllSeenStatement, countSeenStatement, PLAN_BY_SETS, PLAN_BY_KEY, mergeStatement } from '../../dist/src/contracts/persistence/mirror-statements.js';
const postgres=await startPostgres();
const N=200000,B=4000,CID='0190c0de-0000-7000-8000-000000000001';
const open=async()=>{const c=new pg.Client({connectionString:postgres.url});await c.connect();return c;};
const admin=await open();
const create=async()=>{await admin.query(`DROP TABLE IF EXISTS bench_unit;  CREATE TABLE bench_unit (connection_id uuid NOT NULL, external_id text NOT NULL, contract_external_id text NOT NULL,
    contract_service_external_id text NOT NULL, service_external_id text NOT NULL, starts_on date NOT NULL,
    ends_on date NOT NULL, units numeric NOT NULL, price numeric, internal_price numeric, cost numeric,
    posted_at timestamptz(3), PRIMARY KEY (connection_id, external_id));
  CREATE INDEX ON bench_unit (connection_id, contract_external_id, contract_service_external_id, starts_on);
  DROP TABLE IF EXISTS mirror_seen_page, mirror_highest_id;
  CREATE TABLE mirror_seen_page(pull_id uuid, entity text, page_number int, external_ids text[], primary key(pull_id,entity,page_number)); ALTER TABLE mirror_seen_page ALTER COLUMN external_ids SET STORAGE EXTERNAL;
  CREATE TABLE mirror_highest_id(connection_id uuid, entity text, external_id text, primary key(connection_id,entity));`);};
const ids=(a,b)=>Array.from({length:b-a},(_,i)=>29000000+a+i);
const text=(a,b)=>ids(a,b).map(i=>`${CID}\t${i}\t${29000000+Math.floor(i/60)}\t${29000000+Math.floor(i/12)}\t${29000000+i%50}\t2026-0${1+i%9}-01\t2026-0${1+i%9}-28\t${1+i%40}\t12.50\t12.50\t10.00\t\\N\n`).join('');
const cpuOf=(pid)=>{const s=readFileSync(`/proc/${pid}/stat`,'utf8');const r=s.slice(s.lastIndexOf(')')+2).split(' ');return(+r[11]+ +r[12])*10;};
async function run(name,work){await create();const c=await open();const pid=(await c.query('select pg_backend_pid() p')).rows[0].p;await c.query('select 1');const p0=cpuOf(pid);const t=performance.now();await work(c);const us=(cpuOf(pid)-p0)*1000/N;console.log(name.padEnd(40),us.toFixed(2),'us/row cpu',((performance.now()-t)*1000/N).toFixed(2),'wall');await c.end();}
const copy=async(c,target,t)=>{const s=c.query(from(`COPY ${target} FROM STDIN`));s.end(t);await finished(s);};
const each=async(f)=>{for(let a=0;a<N;a+=B)await f(a,Math.min(N,a+B));};
for(let round=0;round<2;round++){
await run('one copy',async c=>{const s=c.query(from('COPY bench_unit FROM STDIN'));await each(async(a,b)=>{if(!s.write(text(a,b)))await new Promise(r=>s.once('drain',r));});s.end();await finished(s);});
await run('copy 4000 + commit',c=>each(async(a,b)=>{await c.query('BEGIN');await copy(c,'bench_unit',text(a,b));await c.query('COMMIT');}));
await run('copy 4000, savepoint + commit',c=>each(async(a,b)=>{await c.query('BEGIN;SAVEPOINT a');await copy(c,'bench_unit',text(a,b));await c.query('RELEASE SAVEPOINT a;COMMIT');}));
await run('remember 4000 + commit',c=>each(async(a,b)=>{await c.query('BEGIN');await c.query(REMEMBER_SEEN.replace('mirror_seen_page','mirror_seen_page'),[CID,CID,'x',a,ids(a,b).join('\u001F')]);await c.query('COMMIT');}));
}
// again
{await create();const c=await open();const pid=(await c.query('select pg_backend_pid() p')).rows[0].p;
 await each((a,b)=>copy(c,'bench_unit',text(a,b)));await each((a,b)=>c.query(REMEMBER_SEEN,[CID,CID,'x',a,ids(a,b).join('\u001F')]));
 const m=async(name,f)=>{const p0=cpuOf(pid);const t=performance.now();await f();console.log(name.padEnd(40),((cpuOf(pid)-p0)*1000/N).toFixed(2),'us/row cpu',((performance.now()-t)*1000/N).toFixed(2),'wall');};
 await m('isAllSeen',async()=>console.log((await c.query(isAllSeenStatement({name:'bench_unit'}),[CID,CID,'x'])).rows));
 await m('countSeen',async()=>{await c.query('BEGIN;'+PLAN_BY_SETS);console.log((await c.query(countSeenStatement({name:'bench_unit'},''),[CID,CID,'x'])).rows);await c.query('COMMIT');});
 const cols=['external_id','contract_external_id','contract_service_external_id','service_external_id','starts_on','ends_on','units','price','internal_price','cost','posted_at'];
 const table={name:'bench_unit',columns:cols.map(name=>({name}))};
 const strip=(t)=>t.replaceAll(CID+'\t','');
 await c.query(`CREATE TEMP TABLE stage_bench_unit AS SELECT ${cols} FROM bench_unit WITH NO DATA`);
 await m('stage only',()=>each(async(a,b)=>{await c.query('BEGIN;TRUNCATE stage_bench_unit');await copy(c,`stage_bench_unit (${cols})`,strip(text(a,b)));await c.query('COMMIT');}));
 await m('stage+merge equal',()=>each(async(a,b)=>{await c.query('BEGIN;TRUNCATE stage_bench_unit');await copy(c,`stage_bench_unit (${cols})`,strip(text(a,b)));await c.query(PLAN_BY_KEY);await c.query(mergeStatement(table),[CID]);await c.query('COMMIT');}));
 const vals=cols.slice(1);const list=(p)=>vals.map(n=>`${p}.${n}`).join(', ');
 const sm=`INSERT INTO bench_unit AS mirrored SELECT '${CID}'::uuid,* FROM stage_bench_unit ON CONFLICT (connection_id, external_id) DO UPDATE SET ${vals.map(n=>`${n}=excluded.${n}`).join(', ')} WHERE (${list('mirrored')}) IS DISTINCT FROM (${list('excluded')})`;
 await m('stage+on conflict equal',()=>each(async(a,b)=>{await c.query('BEGIN;TRUNCATE stage_bench_unit');await copy(c,`stage_bench_unit (${cols})`,strip(text(a,b)));await c.query(sm);await c.query('COMMIT');}));
 await c.end();}
await admin.end();await postgres.stop();
