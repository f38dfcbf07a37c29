-- What an answer means, in the contract's words: said by a person, or by a fixed phrase in it; null when neither does.
alter table inbound
  add column reply_class text check (reply_class in ('willing_to_meet', 'follow_up_question', 'person_referral', 'out_of_office',
    'already_left_company_or_not_right_person', 'not_interested', 'unsubscribe', 'none_of_the_above')),
  add column reply_class_by text collate "C";
