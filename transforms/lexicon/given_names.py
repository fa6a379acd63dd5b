"""Given names that tell a gender in English-language news: the frequent ones, without those that both bear.

Ordinary knowledge of names, not a copy of a register; a name that is missing costs nothing but evidence, since pronouns
and titles in the text show a gender as well. Lower case, without diacritics.
"""

from __future__ import annotations

from onrecord.transforms.lexicon.people import Gender

MALE = """
    aaron abdul abdullah abraham adam adrian ahmed alain alan albert alberto aleksandar aleksandr alejandro alexander
    alexandre alfonso alfred ali allan allen alvaro alvin amir anatoly anders andre andreas andrei andrew andrzej
    angelo anthony antoine anton antonio arnold arthur artem arturo barack barry ben benedict benjamin bernard bernie
    bert bill billy bob bobby boris brad bradley brendan brent brett brian bruce bruno bryan carl carlos cesar chad
    charles charlie chester christian christopher chuck clarence claude clayton cliff clifford clint clive cody colin
    conor conrad corey craig curtis cyril cyrus dale damian damon dan daniel danny darrell darren darryl dave david
    dean dennis derek derrick diego dieter dimitri dirk dmitri dmitry dmytro don donald doug douglas duane duncan
    dustin dwayne dwight earl ed eddie edgar edmund eduardo edward edwin elijah elliott emanuel emil emmanuel enrique
    eric erik ernest ethan eugene evan fabio felipe felix ferdinand fernando francisco francois frank franklin franz
    fred frederick friedrich gabriel garry gary gavin gene geoffrey george georges gerald gerard gerhard gilbert
    giorgio giovanni giuseppe glen glenn gordon graham greg gregory guillermo gus gustavo guy hamid hank hans harold
    harry harvey hassan hector heinrich helmut henri henry herbert herman howard hubert hugh hugo hussein ian ibrahim
    igor ismail ivan ivo jack jacob jacques jake jamal james jared jason javier jean-claude jean-pierre jeff jeffrey
    jeremy jerome jerry jesus jim jimmy joe joel johan johann john johnny jon jonas jonathan jorge jose josef joseph
    josh joshua juan julian julio jurgen justin kareem karl keith ken kenneth kevin khalid klaus kurt kyle lance larry
    lars laurent lawrence leo leon leonard leonardo leonid leroy levi liam lionel lloyd louis luca lucas luigi luis
    luke luther mahmoud malcolm manuel marc marcel marcelo marco marcus mario mark martin marvin mateo mathieu matt
    matthew maurice mauricio max maximilian mehmet michael michel miguel mike mikhail milan milos mitch mitchell
    mohamed mohammad mohammed muhammad mustafa narendra nathan nathaniel ned neil nelson nicholas nick nicolas nigel
    nikolai nikos norman oleg oliver omar oscar otto owen pablo paolo patrick paul pavel pedro pete peter petr phil
    philip philippe phillip pierre piotr rafael rajiv ralph ramon randall randy raul ray raymond recep reginald rene
    ricardo richard rick rob robert roberto rodney rodrigo roger roland roman ron ronald roy rudolf rudy russell ryan
    salman salvador sam samuel santiago saul scott sean sebastian serge sergei sergey sergio seth shaun shawn simon
    stan stanley stefan stephen steve steven stuart sven ted terrence thabo theodore thierry thomas tim timothy toby
    todd tom tomas tommy tony travis trevor tyler umberto vaclav valery vernon victor viktor vincent vitaly vladimir
    volodymyr wade walter warren wayne werner wesley wilfred will william wolfgang xavier yasser yuri yusuf yves
    zachary
"""
FEMALE = """
    abigail adele adriana agnes aisha alana alejandra aleksandra alexandra alice alicia alison allison amanda amber
    amelia amina amy ana anastasia andrea angela angelina angie anita ann anna anne annette annie antonia april ariana
    astrid audrey barbara beatrice becky belinda bernadette bertha beth bethany betty beverly bianca bonnie brenda
    bridget brigitte brittany camila camille candice carla carmen carol carole caroline carolina carolyn carrie
    catherine cathy cecilia celeste celia charlotte chelsea cheryl chiara chloe christina christine chrystia cindy
    claire clara claudia colleen connie constance courtney cristina crystal cynthia daisy daniela danielle daphne dawn
    deborah debra deirdre delia denise diana diane dilma dina dolores donna dora doris dorothy edith eileen elaine
    eleanor elena eleni elisa elisabeth eliza elizabeth ella ellen elsa emilia emily emma erica erika erin estelle
    esther eugenia eva evelyn faith fatima felicia fiona flora florence frances francesca frida gabriela gail genevieve
    georgia geraldine gertrude gina giulia gladys glenda gloria greta gretchen gwen hannah harriet hazel heather heidi
    helen helena helga henrietta hilary hillary holly ida ilse ingrid irene irina iris isabel isabella isabelle ivanka
    ivy jacqueline jane janet janice jasmine jeanette jeanne jennifer jenny jessica jill joan joanna joanne josephine
    joyce juanita judith judy julia juliana julie juliet june karen karin karina katarina kate katherine kathleen
    kathryn kathy katie katrina kayla kelly-anne kimberly kristen kristin kristina larissa latoya laura lauren laurie
    leah leila lena leticia lidia lillian lily linda lisa liz lois lorraine louise lucia lucie lucille lucy ludmila
    luisa lydia mabel madeleine magdalena maggie malala mandy marcia margaret margarita margot maria mariam marianne
    marie marilyn marina marion marissa marjorie marlene marta martha martina mary maryam maureen meg megan melania
    melanie melinda melissa mercedes meredith mia michelle mildred milena miranda miriam moira molly mona monica monika
    muriel myrna nadia nadine nancy naomi natalia natalie natasha nathalie nicole nina nora norma octavia odette olga
    olivia olive pamela patricia patty paula pauline peggy penelope penny petra phyllis priscilla rachel ramona raquel
    rebecca regina renata rhonda rita roberta rosa rosalind rose rosemary roxanne ruth sabrina sally samantha sandra
    sara sarah shannon-marie sharon sheila shelley sherry shirley silvia simone sofia sonia sophia sophie stacey stella
    stephanie susan susanna susanne suzanne svetlana sylvia tamara tammy tanya tara tatiana teresa theresa tiffany tina
    tracy trudy ursula valentina valeria valerie vanessa vera veronica victoria violet virginia vivian vivienne wanda
    wendy whitney wilhelmina wilma xiomara yolanda yulia yvonne zainab zoe
"""
GENDER_OF: dict[str, Gender] = {**dict.fromkeys(MALE.split(), "male"), **dict.fromkeys(FEMALE.split(), "female")}
