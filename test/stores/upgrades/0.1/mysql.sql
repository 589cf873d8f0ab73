-- A database of release 0.1: its schema, and rows of every kind. It is 2030-01-01T00:00:00Z in it.
-- now: 1893456000000
-- password: ada@example.com purple otter juggles lamps
-- session: 9LymUa5LFkUKYSGDxn1UpD1vXBXgEIVXeJLeoAtDfXs
-- session: LPnnAEe2ab9b1GhPwsp9DOEWtiLHwGRN6cCdQXEsatI
-- session: 2aLvt5JAp4JWNW2V6f6Cyh1rb3L-lUpgEJtWyLIZuoQ

create table if not exists `portcullis_migrations` (`name` varbinary(512) not null primary key);
-- 0001-accounts
create table if not exists `portcullis_users` (`id` varbinary(512) not null, `email` longtext not null, `email_key` varbinary(512) not null, `username` longtext, `username_key` varbinary(512), `password_hash` longtext, `stamp` varbinary(512) not null, `active` integer not null, `created_at` bigint not null, `extra` longtext not null, constraint `portcullis_users_key` primary key (`id`), constraint `portcullis_users_email_key_unique` unique (`email_key`), constraint `portcullis_users_username_key_unique` unique (`username_key`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create table if not exists `portcullis_roles` (`name` varbinary(512) not null, `description` longtext not null, `permissions` longtext not null, constraint `portcullis_roles_key` primary key (`name`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create table if not exists `portcullis_user_roles` (`user_id` varbinary(512) not null, `role` varbinary(512) not null, constraint `portcullis_user_roles_key` primary key (`user_id`, `role`), constraint `portcullis_user_roles_user_id_exists` foreign key (`user_id`) references `portcullis_users` (`id`) on delete cascade, constraint `portcullis_user_roles_role_exists` foreign key (`role`) references `portcullis_roles` (`name`) on delete cascade) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_user_roles_by_role` on `portcullis_user_roles` (`role`);
create table if not exists `portcullis_links` (`token_hash` varbinary(512) not null, `purpose` varbinary(512) not null, `subject` varbinary(512) not null, `user_id` varbinary(512), `stamp` varbinary(512), `code_hash` longtext, `data` longtext not null, `created_at` bigint not null, `expires_at` bigint not null, constraint `portcullis_links_key` primary key (`token_hash`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_links_by_subject` on `portcullis_links` (`purpose`, `subject`);
create index `portcullis_links_by_user` on `portcullis_links` (`user_id`);
create index `portcullis_links_by_expiry` on `portcullis_links` (`expires_at`);
create table if not exists `portcullis_records` (`feature` varbinary(512) not null, `entry_key` varbinary(512) not null, `user_id` varbinary(512), `value` longtext not null, `secret` longtext, `version` integer not null, `expires_at` bigint, constraint `portcullis_records_key` primary key (`feature`, `entry_key`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_records_by_user` on `portcullis_records` (`user_id`, `feature`);
create index `portcullis_records_by_expiry` on `portcullis_records` (`expires_at`);
create table if not exists `portcullis_meta` (`name` varbinary(512) not null, `value` longtext not null, constraint `portcullis_meta_key` primary key (`name`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
insert into `portcullis_migrations` (`name`) values ('0001-accounts');
-- 0002-sessions
create table if not exists `portcullis_sessions` (`token_hash` varbinary(512) not null, `id` varbinary(512) not null, `user_id` varbinary(512) not null, `stamp` varbinary(512) not null, `proofs` longtext not null, `created_at` bigint not null, `used_at` bigint not null, `expires_at` bigint not null, `ends_at` bigint not null, `ip` longtext, `user_agent` longtext, constraint `portcullis_sessions_key` primary key (`token_hash`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_sessions_by_user` on `portcullis_sessions` (`user_id`);
create index `portcullis_sessions_by_expiry` on `portcullis_sessions` (`expires_at`);
create table if not exists `portcullis_tickets` (`token_hash` varbinary(512) not null, `id` varbinary(512) not null, `kind` varbinary(512) not null, `user_id` varbinary(512) not null, `stamp` varbinary(512) not null, `proofs` longtext not null, `wishes` longtext not null, `next` longtext, `epoch` varbinary(512) not null, `expires_at` bigint not null, `carried` longtext not null, constraint `portcullis_tickets_key` primary key (`token_hash`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_tickets_by_user` on `portcullis_tickets` (`user_id`);
create index `portcullis_tickets_by_expiry` on `portcullis_tickets` (`expires_at`);
create table if not exists `portcullis_spent` (`id` varbinary(512) not null, `expires_at` bigint not null, constraint `portcullis_spent_key` primary key (`id`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_spent_by_expiry` on `portcullis_spent` (`expires_at`);
create table if not exists `portcullis_attempts` (`attempt_group` varbinary(512) not null, `attempt_key` varbinary(512) not null, `count` integer not null, `first_at` bigint not null, `last_at` bigint not null, `before_at` bigint not null, `expires_at` bigint not null, constraint `portcullis_attempts_key` primary key (`attempt_group`, `attempt_key`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
create index `portcullis_attempts_by_expiry` on `portcullis_attempts` (`expires_at`);
insert into `portcullis_migrations` (`name`) values ('0002-sessions');
-- 0003-locks
create table if not exists `portcullis_locks` (`slot` integer not null, constraint `portcullis_locks_key` primary key (`slot`)) engine = innodb default character set utf8mb4 collate utf8mb4_bin;
insert into `portcullis_migrations` (`name`) values ('0003-locks');

insert into portcullis_users (`id`, `email`, `email_key`, `username`, `username_key`, `password_hash`, `stamp`, `active`, `created_at`, `extra`) values ('3jnzb6kROZnOJHw75tTuFQ', 'closed@example.com', 'closed@example.com', null, null, null, '6u9cU078cAbRtRCM-U1DTQ', 0, 1893456000000, '{"name":"Zoë 👩‍🚀 漢字 𐍈 \\"quoted\\" \\\\ ''%_; -- <b>\\n\\t‮"}');
insert into portcullis_users (`id`, `email`, `email_key`, `username`, `username_key`, `password_hash`, `stamp`, `active`, `created_at`, `extra`) values ('GpoQrG64zmQ3teVk3aqXeg', 'odd@example.com', 'odd@example.com', null, null, null, '9_RZkhxcId9AgeBIGQ7LWw', 1, 1893456000000, '{"__proto__":{"admin":true},"constructor":"x","":"empty name","deep":[[{"a":[null,true,1.5,-0.25,1e+21]}]],"long":"🔑\\u0000 "}');
insert into portcullis_users (`id`, `email`, `email_key`, `username`, `username_key`, `password_hash`, `stamp`, `active`, `created_at`, `extra`) values ('hP3vfgFv7VvubeOck2aAWg', 'ada@example.com', 'ada@example.com', null, null, '$argon2id$v=19$m=19456,t=2,p=1$Eh3og5dKwHqeSz+M7iN4xQ$xPonYl34lkiwlBrjA8e2rK70tmmvF+zyX/5f7zqDTn0', '4bu8zDb-8KD2dN0E8m23uQ', 1, 1893456000000, '{}');
insert into portcullis_users (`id`, `email`, `email_key`, `username`, `username_key`, `password_hash`, `stamp`, `active`, `created_at`, `extra`) values ('kRUkTHbqYwuiJ36bqUCSEg', 'Zoë@bücher.example', 'zoë@xn--bcher-kva.example', null, null, '$argon2id$v=19$m=19456,t=2,p=1$EfFDuwp2MhswEue1QpMlmw$o1enlGQ/B+UCpuQjMYk++CQnYX9z1Iiggd1jyaqn8Co', 'w2VILDs6018XZbbKx7gjGQ', 1, 1893456000000, '{}');
insert into portcullis_roles (`name`, `description`, `permissions`) values ('admin', 'May do everything', '["all","more"]');
insert into portcullis_roles (`name`, `description`, `permissions`) values ('éditeur', '', '[]');
insert into portcullis_user_roles (`user_id`, `role`) values ('hP3vfgFv7VvubeOck2aAWg', 'admin');
insert into portcullis_user_roles (`user_id`, `role`) values ('hP3vfgFv7VvubeOck2aAWg', 'éditeur');
insert into portcullis_links (`token_hash`, `purpose`, `subject`, `user_id`, `stamp`, `code_hash`, `data`, `created_at`, `expires_at`) values ('aW52aXRlLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4', 'invite', 'new@example.com', null, null, 'keyed', 'null', 1893456000000, 1893459600000);
insert into portcullis_links (`token_hash`, `purpose`, `subject`, `user_id`, `stamp`, `code_hash`, `data`, `created_at`, `expires_at`) values ('cmVzZXQuLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4', 'reset-password', 'hP3vfgFv7VvubeOck2aAWg', 'hP3vfgFv7VvubeOck2aAWg', '4bu8zDb-8KD2dN0E8m23uQ', null, '{"odd":"Zoë 👩‍🚀 漢字 𐍈 \\"quoted\\" \\\\ ''%_; -- <b>\\n\\t‮"}', 1893456000000, 1893459600000);
insert into portcullis_records (`feature`, `entry_key`, `user_id`, `value`, `secret`, `version`, `expires_at`) values ('pins', 'fleeting', null, 'null', null, 1, 1893456001000);
insert into portcullis_records (`feature`, `entry_key`, `user_id`, `value`, `secret`, `version`, `expires_at`) values ('pins', 'pin', 'hP3vfgFv7VvubeOck2aAWg', '{"since":1893456000000}', 'sealed', 1, null);
insert into portcullis_meta (`name`, `value`) values ('epoch', 'AahcOQme-liYPGs_61eFFd3QbmJD-Kmri-lScCZ6xTM');
insert into portcullis_meta (`name`, `value`) values ('passwords', '{"scheme":{"name":"argon2id","memoryKiB":19456,"passes":2,"parallelism":1},"minimum":15,"minimumWithSecondFactor":8,"maximum":128}');
insert into portcullis_sessions (`token_hash`, `id`, `user_id`, `stamp`, `proofs`, `created_at`, `used_at`, `expires_at`, `ends_at`, `ip`, `user_agent`) values ('09ppoFl8dAwJFZyx02KaMh25aVWZrf05JrOnexKxcIE', 'XK3FlmRqxTmydJGXcjcRTQ', 'hP3vfgFv7VvubeOck2aAWg', '4bu8zDb-8KD2dN0E8m23uQ', '[{"method":"password","channel":"password","as":"first","factors":1,"at":1893456000000,"fresh":true,"phishingResistant":false}]', 1893456000000, 1893456000000, 1893459600000, 1896048000000, null, null);
insert into portcullis_sessions (`token_hash`, `id`, `user_id`, `stamp`, `proofs`, `created_at`, `used_at`, `expires_at`, `ends_at`, `ip`, `user_agent`) values ('1IU9A1BrrZxYEvH-wHXAmqIvI_EynJieQPynCLUz5kM', 'QsCHSXR1-lmYEvB3ak90Vw', 'hP3vfgFv7VvubeOck2aAWg', '4bu8zDb-8KD2dN0E8m23uQ', '[{"method":"password","channel":"password","as":"first","factors":1,"at":1893456000000,"fresh":true,"phishingResistant":false}]', 1893456000000, 1893456000000, 1893459600000, 1896048000000, null, null);
insert into portcullis_sessions (`token_hash`, `id`, `user_id`, `stamp`, `proofs`, `created_at`, `used_at`, `expires_at`, `ends_at`, `ip`, `user_agent`) values ('UQ8QExGMh859o7qQE7speoE9yor70THqdg6ddC3mifw', '-74LXXp2CkB9CNIvEdOf4g', 'kRUkTHbqYwuiJ36bqUCSEg', 'w2VILDs6018XZbbKx7gjGQ', '[{"method":"password","channel":"password","as":"first","factors":1,"at":1893456000000,"fresh":true,"phishingResistant":false}]', 1893456000000, 1893456000000, 1893459600000, 1896048000000, null, null);
insert into portcullis_tickets (`token_hash`, `id`, `kind`, `user_id`, `stamp`, `proofs`, `wishes`, `next`, `epoch`, `expires_at`, `carried`) values ('dGlja2V0Li4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4', 'ticket-ticket', 'owed', 'hP3vfgFv7VvubeOck2aAWg', '4bu8zDb-8KD2dN0E8m23uQ', '[{"method":"password","channel":"memory","as":"first","factors":1,"at":1893456000000,"fresh":true,"phishingResistant":false}]', '[]', '/settings?a=b', 'AahcOQme-liYPGs_61eFFd3QbmJD-Kmri-lScCZ6xTM', 1893456600000, '{"a":1}');
insert into portcullis_spent (`id`, `expires_at`) values ('spent-id', 1893456600000);
insert into portcullis_attempts (`attempt_group`, `attempt_key`, `count`, `first_at`, `last_at`, `before_at`, `expires_at`) values ('network:unknown', 'registrations', 2, 1893456000000, 1893456000000, 1893456000000, 1893459600000);
insert into portcullis_attempts (`attempt_group`, `attempt_key`, `count`, `first_at`, `last_at`, `before_at`, `expires_at`) values ('sAClrTMN0d0LLT1ng7Zp_X_XcXZpWCMFn6b0aFk-1l0', 'all', 1, 1893456000000, 1893456000000, 1893456000000, 1901232000000);
insert into portcullis_attempts (`attempt_group`, `attempt_key`, `count`, `first_at`, `last_at`, `before_at`, `expires_at`) values ('sAClrTMN0d0LLT1ng7Zp_X_XcXZpWCMFn6b0aFk-1l0', 'source:unknown', 1, 1893456000000, 1893456000000, 1893456000000, 1893542400000);
insert into portcullis_locks (`slot`) values (163);
insert into portcullis_locks (`slot`) values (243);

-- What release 0.1 asks at every request, and what it notes of a use:

-- request: select `session`.`id`, `session`.`stamp`, `session`.`proofs`, `session`.`created_at`, `session`.`used_at`, `session`.`expires_at`, `session`.`ends_at`, `session`.`ip`, `session`.`user_agent`, `user`.`id` as `user_id`, `user`.`created_at` as `user_created_at`, `user`.`email` as `email`, `user`.`username` as `username`, `user`.`active` as `active`, `user`.`extra` as `extra`, (select coalesce(cast(json_arrayagg(convert(`held`.`role` using utf8mb4)) as char), '[]') from `portcullis_user_roles` as held where held.user_id = `user`.`id`) as `roles` from `portcullis_sessions` as `session` inner join `portcullis_users` as `user` on `user`.`id` = `session`.`user_id` and `user`.`stamp` = `session`.`stamp` where `session`.`token_hash` = :hash and `session`.`expires_at` > :now
-- use: update `portcullis_sessions` set `used_at` = :now, `expires_at` = case when `ends_at` < :later then `ends_at` else :later end where `token_hash` = :hash and `expires_at` > :now
